// Converts AWS errors to RemoteError: a message in plain words, AWS's code and message, and whether a retry may succeed.
import { redact } from '../../kit/redact/redact.ts'
import { RemoteError } from '../../model/errors.ts'

const WORDS: Readonly<Record<string, string>> = {
  AccessDeniedException: 'AWS denied it',
  AccessDenied: 'AWS denied it',
  ThrottlingException: 'AWS is throttling this account',
  ConcurrentUpdateException: 'someone else is changing it now',
  ClusterNotFoundException: 'the cluster does not exist',
  ServiceNotFoundException: 'the service does not exist',
  ServiceNotActiveException: 'the service is no longer active',
  ExpiredTokenException: 'the credentials have expired',
  ServerException: 'AWS had an internal error',
}

const PASSING =
  /Throttl|TooManyRequests|ServerException|InternalFailure|InternalServer|ServiceUnavailable|ConcurrentUpdate|Timeout|ECONN|EPIPE|socket|fetch failed|RequestLimit/i

type AwsFault = Error & { readonly $metadata?: { readonly httpStatusCode?: number }; readonly code?: string }

const isUnreadable = ({ name, message }: AwsFault): boolean =>
  name === 'SyntaxError' ||
  /^Unknown(?:Error)?$/.test(name) ||
  /^Unknown(?:Error)?$|Deserialization error|is not valid JSON|<html|<!doctype/i.test(message)

/** Converts an error. `doing`: what failed, such as "reading the service"; the message starts with it. */
export const translate = (error: unknown, doing: string): RemoteError => {
  if (error instanceof RemoteError) return error
  const fault: AwsFault = error instanceof Error ? error : new Error(String(error))
  const status = fault.$metadata?.httpStatusCode ?? 0
  const code = fault.name === 'Error' ? (fault.code ?? 'Error') : fault.name
  const passing = status >= 500 || status === 429 || PASSING.test(`${code} ${fault.code ?? ''} ${fault.message}`)
  // A load balancer of AWS answers with HTML. The SDK cannot parse HTML, and the message of its parser error is not useful.
  if (isUnreadable(fault))
    return new RemoteError(`${doing}: AWS answered ${status || 'something that could not be read'}`, {
      code: `Http${status}`,
      passing: status === 0 || status === 429 || status >= 500,
      cause: error,
    })
  const words = WORDS[code] ?? (passing ? 'AWS did not answer' : 'AWS refused it')
  return new RemoteError(`${doing}: ${words} (${code}: ${redact(fault.message).text.slice(0, 300)})`, {
    code,
    passing,
    cause: error,
  })
}

/** Sends a request to AWS. Throws each error as RemoteError; `doing` says what failed. */
export const askAws = async <T>(doing: string, request: () => Promise<T>): Promise<T> => {
  try {
    return await request()
  } catch (error) {
    throw translate(error, doing)
  }
}
