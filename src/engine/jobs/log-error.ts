// A line for the log: what was not done, and why. For what must not stop the story that it is a part of.
import { PeerError } from '../../model/errors.ts'

export const complain = (where: string, operation: string, error: unknown): void => {
  const { message, code } = error instanceof PeerError ? error : { message: String(error), code: 'bug' }
  process.stderr.write(`${JSON.stringify({ level: 'error', where, operation, code, error: message })}\n`)
}
