/** Preloaded into an instance to make its clock wrong by CLOCK_OFFSET_MS. */
const offset = Number(process.env.CLOCK_OFFSET_MS)
const TrueDate = Date
const now = () => TrueDate.now() + offset

globalThis.Date = new Proxy(TrueDate, {
  construct: (target, parameters: [], made) =>
    Reflect.construct(target, parameters.length === 0 ? [now()] : parameters, made),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
})
