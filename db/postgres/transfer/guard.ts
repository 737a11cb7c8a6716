import { TRANSFER_LOCK } from '../advisory-locks.ts'
import { isAhead, LEASE_MS } from '../leases.ts'
import { TransferSession } from './session.ts'

/** How long the server may keep the lock of a process that was killed. */
const WAIT_MS = 5_000

/** The server's SQLSTATE code if the lock is not released in that time. */
const LOCK_NOT_AVAILABLE = '55P03'

/** Throws if instances of the service use the database. */
export async function assertUnused(session: TransferSession): Promise<void> {
  const { live } = await session.readOne<{ live: number }>(
    `SELECT count(*) AS live FROM instances WHERE ${isAhead('until', LEASE_MS)}`,
  )
  if (live === 0) return
  throw new Error(
    `the service uses it (running instances: ${live}). Stop it first; if it was killed, wait 15 seconds`,
  )
}

/** Keeps services and other copies away from a database until the returned session is closed. */
async function lockForTransfer(url: string): Promise<TransferSession> {
  const session = await TransferSession.open(url)
  try {
    await session.begin()
    await session.query(`SET LOCAL lock_timeout = ${WAIT_MS}`)
    await session.query('SELECT pg_advisory_xact_lock($1)', [TRANSFER_LOCK])
    return session
  } catch (error) {
    await session.close()
    if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE) throw error
    throw new Error('another migrate-to is copying it; wait until that ends')
  }
}

/** Opens a locked database by `open`, which gets a session and the lock. Both are closed again if it fails. */
export async function openLocked<End>(
  url: string,
  open: (session: TransferSession, lock: TransferSession) => Promise<End>,
): Promise<End> {
  const lock = await lockForTransfer(url)
  try {
    const session = await TransferSession.open(url)
    try {
      return await open(session, lock)
    } catch (error) {
      await session.close()
      throw error
    }
  } catch (error) {
    await lock.close()
    throw error
  }
}
