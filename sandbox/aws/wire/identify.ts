// Authenticates a request: checks its signature, time and session token. Errors have the texts of the service.

import type { Clock } from '../../world/clock.ts'
import type { Credential, Credentials } from './credentials.ts'
import { wireOf } from './protocol.ts'
import { AwsError, type Caller, type HttpRequest } from './service.ts'
import { amzDateOf, isSignedWith, parseSigned, type Signed, timeOf } from './sigv4.ts'

const tolerance = 5 * 60_000

type Reason = 'missing' | 'unknown' | 'mismatch' | 'expired'

const texts: Readonly<Record<Reason, string>> = {
  missing: 'Missing Authentication Token',
  unknown: 'The security token included in the request is invalid.',
  mismatch:
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  expired: 'The security token included in the request is expired',
}

const jsonCodes: Readonly<Record<Reason, string>> = {
  missing: 'MissingAuthenticationTokenException',
  unknown: 'UnrecognizedClientException',
  mismatch: 'InvalidSignatureException',
  expired: 'ExpiredTokenException',
}

const queryCodes: Readonly<Record<Reason, string>> = {
  missing: 'MissingAuthenticationToken',
  unknown: 'InvalidClientTokenId',
  mismatch: 'SignatureDoesNotMatch',
  expired: 'ExpiredToken',
}

/** The error for a request that is not authenticated. Services that use JSON answer with status 400, others with 403. */
const refusal = (http: HttpRequest, reason: Reason, message = texts[reason]) => {
  const wire = wireOf(http)
  const codes = wire === 'query' || wire === 'rest-xml' ? queryCodes : jsonCodes
  return new AwsError(codes[reason], message, { status: wire === 'json' ? 400 : 403 })
}

const skew = ({ amzDate, lifetime }: Signed, now: number): string | undefined => {
  const signedAt = timeOf(amzDate)
  if (lifetime !== undefined && !(signedAt + lifetime * 1_000 >= now)) return `Signature expired: ${amzDate}`
  if ((lifetime === undefined && signedAt < now - tolerance) || Number.isNaN(signedAt))
    return `Signature expired: ${amzDate} is now earlier than ${amzDateOf(now - tolerance)} (${amzDateOf(now)} - 5 min.)`
  if (signedAt > now + tolerance)
    return `Signature not yet current: ${amzDate} is still later than ${amzDateOf(now + tolerance)} (${amzDateOf(now)} + 5 min.)`
  return undefined
}

export type Identity = { readonly caller: Caller; readonly service: string; readonly region: string }

export const createIdentify =
  ({ clock, credentials }: { clock: Clock; credentials: Credentials }) =>
  (http: HttpRequest): Identity => {
    const signed = parseSigned(http)
    if (!signed) throw unreadable(http)
    const credential = credentials.find(signed.accessKeyId)
    if (!credential || credential.sessionToken !== signed.sessionToken) throw refusal(http, 'unknown')
    checkTime(http, signed, credential, clock.now())
    if (!isSignedWith(http, signed, credential.secretAccessKey)) throw refusal(http, 'mismatch')
    const { expiresAt } = credential.caller
    if (expiresAt !== undefined && clock.now() >= expiresAt) throw refusal(http, 'expired')
    return { caller: credential.caller, service: signed.service, region: signed.region }
  }

const unreadable = (http: HttpRequest) =>
  http.headers['authorization'] === undefined
    ? refusal(http, 'missing')
    : new AwsError('IncompleteSignature', 'Authorization header is not a readable AWS4-HMAC-SHA256 signature.', {
        status: 403,
      })

const checkTime = (http: HttpRequest, signed: Signed, credential: Credential, now: number) => {
  if (credential.outside && skew(signed, Date.now()) === undefined) return
  const wrong = skew(signed, now)
  if (wrong) throw refusal(http, 'mismatch', wrong)
}
