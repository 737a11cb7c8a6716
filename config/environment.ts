import { existsSync } from 'node:fs'
import type { Static, TObject, TSchema } from '@sinclair/typebox'
import { TypeCompiler } from '../typebox.ts'

/**
 * The environment cannot be run with; the message has a line for each fault, which names the
 * variable, what is wrong with it and what is allowed.
 */
export class EnvironmentError extends Error {}

/** Sets the variables that a file `.env` in the working directory names, unless they are set already. */
export function loadEnvFile(): void {
  if (existsSync('.env')) process.loadEnvFile()
}

/** The value that a variable's text stands for; the text itself where it stands for no such value. */
function parse(schema: TSchema, text: string): unknown {
  const pattern = { integer: /^-?\d+$/, number: /^-?\d+(\.\d+)?$/ }[String(schema.type)]
  return pattern?.test(text) ? Number(text) : text
}

/** A pattern cannot tell that a port is too large, or that a percent sign begins no character. */
function isUrl(text: string): boolean {
  try {
    const { username, password } = new URL(text)
    decodeURIComponent(username + password)
    return true
  } catch {
    return false
  }
}

function isValid(schema: TSchema, value: unknown): boolean {
  const good = TypeCompiler.Compile(schema).Check(value)
  return good && (!schema.url || isUrl(String(value)))
}

function faultsOf(schema: TSchema, name: string, value: unknown): string[] {
  if (isValid(schema, value)) return []
  // A URL may hold a password, or a token in its query.
  const hidden = schema.secret || /[@?#]/.test(String(value))
  const shown = hidden ? 'its value' : JSON.stringify(value)
  return [`${name}: ${shown} is not ${schema.allowed}`]
}

/**
 * Reads the variables that a schema names. Beside what TypeBox knows, a variable's schema says in
 * words what is `allowed`, whether it is a `secret`, whose value is never shown, whether it is a `url`, and
 * whether its name in lower case is read as well, and first (`anyCase`). An empty variable counts as unset.
 * `faultsBetween` finds the faults that no variable has by itself. Throws `EnvironmentError`.
 */
export function readEnvironment<T extends TObject>(
  schema: T,
  env: Readonly<Record<string, string | undefined>>,
  faultsBetween: (values: Record<string, unknown>) => string[] = () => [],
): Static<T> {
  const values: Record<string, unknown> = {}
  const faults: string[] = []
  for (const [name, property] of Object.entries(schema.properties)) {
    const lowerCase = name.toLowerCase()
    const source = property.anyCase && env[lowerCase] ? lowerCase : name
    const text = env[source]
    const value = text ? parse(property, text) : property.default
    if (value === undefined) continue
    values[name] = value
    faults.push(...faultsOf(property, source, value))
  }
  faults.push(...faultsBetween(values))
  if (faults.length === 0 && TypeCompiler.Compile(schema).Check(values)) return values
  throw new EnvironmentError(faults.join('\n'))
}
