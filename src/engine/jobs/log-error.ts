// A line for the log: what was not done, and why. For what must not stop the story that it is a part of.
import { RemoteError } from '../../model/errors.ts'

export const logError = (where: string, operation: string, error: unknown): void => {
  const { message, code } = error instanceof RemoteError ? error : { message: String(error), code: 'bug' }
  process.stderr.write(`${JSON.stringify({ level: 'error', where, operation, code, error: message })}\n`)
}
