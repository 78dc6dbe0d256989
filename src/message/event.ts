import type { AdminEvent } from "./admin.ts";
import type { DectEvent } from "./dect.ts";
import type { FxsEvent } from "./fxs.ts";
import type { SipEvent } from "./sip.ts";
import type { StoreEvent } from "./store.ts";
import type { TimerEvent } from "./timer.ts";
import type { VoiceEvent } from "./voice.ts";

/** Everything that enters the upper half: world -> which party -> which kind. Plain, readonly, serialisable. */
export type Event = SipEvent | DectEvent | FxsEvent | VoiceEvent | TimerEvent | StoreEvent | AdminEvent;
export type World = Event["world"];

/** How the lower half speaks up. Never blocks; the event is handled in its turn. */
export type Post = (event: Event) => void;
