/** What the service units set for the gateway's process. */
export declare const unitEnvironment: Readonly<Record<string, string>>;
