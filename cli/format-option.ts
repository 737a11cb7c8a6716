import { Option } from 'commander'

/** The option that names a file's format, for where its name does not tell it. */
export function formatOption(description: string): Option {
  return new Option('--format <format>', description).choices(['csv', 'ndjson'])
}
