import { Option } from 'commander'

/** The option for a file's format, for names that do not reveal it. */
export function formatOption(description: string): Option {
  return new Option('--format <format>', description).choices(['csv', 'ndjson'])
}
