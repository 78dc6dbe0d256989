/** Where the program imports koffi it gets our wrapping of it; the wrapping gets koffi. */
const wrapping = new URL("./system-calls.ts", import.meta.url).href;

export function resolve(specifier, context, next) {
  if (specifier !== "koffi" || context.parentURL?.startsWith(wrapping)) return next(specifier, context);
  return next(wrapping, context);
}
