type Variables = Readonly<Record<string, string | undefined>>

/** Heroku sets this variable in each of its processes. */
const isHeroku = ({ DYNO }: Variables) => Boolean(DYNO)

/** Its databases refuse connections without TLS, have self-signed certificates, and have URLs that say nothing of it. */
function requiringTls(url: string): string {
  if (!/^postgres(?:ql)?:/i.test(url) || !URL.canParse(url)) return url
  const parsed = new URL(url)
  if (!parsed.searchParams.has('sslmode')) parsed.searchParams.set('sslmode', 'require')
  return parsed.href
}

/** The variables of a process, as the service has to take them on Heroku. */
export function adaptedToHeroku(env: Variables): Variables {
  if (!isHeroku(env)) return env
  const { HOST, DATABASE_URL = '' } = env
  return { ...env, HOST: HOST || '0.0.0.0', DATABASE_URL: requiringTls(DATABASE_URL) }
}

/** What Heroku cannot run: it deletes the files of a process with the process, at least once a day. */
export function faultsOnHeroku(env: Variables, databaseUrl: unknown): string[] {
  if (!isHeroku(env) || !/^file:/i.test(String(databaseUrl))) return []
  return [
    'DATABASE_URL: a file would be deleted each time Heroku restarts this process, with all products and their ' +
      'history; add a PostgreSQL database, which sets DATABASE_URL: heroku addons:create heroku-postgresql',
  ]
}
