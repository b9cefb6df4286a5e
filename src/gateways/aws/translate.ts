// From AWS's errors to our words, with AWS's own kept: what happened, and whether to try again.
import { RemoteError } from '../../model/errors.ts'

const WORDS: Readonly<Record<string, string>> = {
  AccessDeniedException: 'AWS denied it',
  AccessDenied: 'AWS denied it',
  ThrottlingException: 'AWS is throttling this account',
  ConcurrentUpdateException: 'somebody else is changing it at this moment',
  ClusterNotFoundException: 'the cluster is not there',
  ServiceNotFoundException: 'the service is not there',
  ServiceNotActiveException: 'the service is no longer active',
  ExpiredTokenException: 'the credentials have expired',
  ServerException: 'AWS had a fault of its own',
}

const PASSING =
  /Throttl|TooManyRequests|ServerException|InternalFailure|InternalServer|ServiceUnavailable|ConcurrentUpdate|Timeout|ECONN|EPIPE|socket|fetch failed|RequestLimit/i

type AwsFault = Error & { readonly $metadata?: { readonly httpStatusCode?: number }; readonly code?: string }

/** `doing`: what was tried, to begin the sentence with: "reading the service". */
export const translate = (error: unknown, doing: string): RemoteError => {
  if (error instanceof RemoteError) return error
  const fault: AwsFault = error instanceof Error ? error : new Error(String(error))
  const status = fault.$metadata?.httpStatusCode ?? 0
  const code = fault.name === 'Error' ? (fault.code ?? 'Error') : fault.name
  const passing = status >= 500 || status === 429 || PASSING.test(`${code} ${fault.code ?? ''} ${fault.message}`)
  const words = WORDS[code] ?? (passing ? 'AWS did not answer' : 'AWS refused it')
  return new RemoteError(`${doing}: ${words} (${code}: ${fault.message.slice(0, 300)})`, {
    code,
    passing,
    cause: error,
  })
}

/** Runs a request to AWS and speaks of its failure in our words. */
export const asking = async <T>(doing: string, request: () => Promise<T>): Promise<T> => {
  try {
    return await request()
  } catch (error) {
    throw translate(error, doing)
  }
}
