/** Upper half -> whoever watches that it moves: the answer to a `heartbeat`. */
export interface WatchdogCommand {
  readonly world: "watchdog";
  readonly kind: "feed";
}
