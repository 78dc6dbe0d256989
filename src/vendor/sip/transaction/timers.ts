import { ms } from "../../../message/units.ts";

/** RFC 3261 §17.1.1.1 and table 4, for an unreliable transport. */
export const T1 = ms(500);
export const T2 = ms(4000);
export const T4 = ms(5000);
/** Timers B, D, F, H, J, L, M. */
export const transactionTimeout = ms(64 * T1);
