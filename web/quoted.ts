/** A name, quoted and shortened for messages. */
export function quoted(name: string): string {
  return `“${name.length > 60 ? `${name.slice(0, 59)}…` : name}”`
}
