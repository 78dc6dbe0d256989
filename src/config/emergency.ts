import type { CountryCode } from "../message/country.ts";

/** Emergency numbers when the configuration names none. */
export const emergencyNumbers: Readonly<Record<CountryCode, readonly string[]>> = {
  DE: ["112", "110"],
  US: ["911"],
  GB: ["999", "112"],
  FR: ["112", "15", "17", "18"],
  RU: ["112", "101", "102", "103"],
};
