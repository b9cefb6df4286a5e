// Logs an error as one JSON line, for failures that must not stop an operation.
import { RemoteError } from '../../model/errors.ts'

export const logError = (where: string, operation: string, error: unknown): void => {
  const { message, code } = error instanceof RemoteError ? error : { message: String(error), code: 'bug' }
  process.stderr.write(`${JSON.stringify({ level: 'error', where, operation, code, error: message })}\n`)
}
