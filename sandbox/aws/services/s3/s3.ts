// The S3 API for session logs: writes and reads one object by its path. Source: S3 API reference, GetObject, HeadObject,
// PutObject, error responses. For a missing key, S3 answers with status 403 if the caller may not list the bucket. The
// sandbox always answers with status 404.

import { AwsError, type AwsService, type Call, type HttpReply, type HttpRequest } from '../../wire/service.ts'
import type { Bucket, Buckets, StoredObject } from './buckets.ts'

type Place = { readonly bucket: string; readonly key: string }

const ACTIONS: Readonly<Record<string, string>> = { GET: 'GetObject', HEAD: 'HeadObject', PUT: 'PutObject' }

/** Parses a path-style URL, `/bucket/key`. The key may contain slashes. */
const placeOf = (url: string): Place => {
  const [, bucket = '', key = ''] = /^\/([^/?]*)\/?([^?]*)/.exec(url) ?? []
  try {
    return { bucket: decodeURIComponent(bucket), key: decodeURIComponent(key) }
  } catch {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.")
  }
}

const actionOf = ({ method, path, query }: HttpRequest): string => {
  const action = ACTIONS[method]
  const asksMore = [...query.keys()].some(name => name !== 'x-id' && !name.startsWith('X-Amz-'))
  if (action === undefined || placeOf(path).key === '' || asksMore)
    throw new AwsError('NotImplemented', 'A header you provided implies functionality that is not implemented', {
      status: 501,
    })
  return action
}

/** Refuses chunked uploads. Their chunks are signed separately, which the sandbox does not support. */
const expectWhole = ({ headers }: HttpRequest): void => {
  if (/^STREAMING-/.test(headers['x-amz-content-sha256'] ?? ''))
    throw new AwsError('NotImplemented', 'A header you provided implies functionality that is not implemented', {
      status: 501,
    })
}

/** Throws if the object exists and the request forbids replacing it (S3 user guide, "Conditional writes"). */
const expectAbsent = (buckets: Buckets, { headers }: HttpRequest, { url }: Call): void => {
  const { bucket, key } = placeOf(url)
  if (headers['if-none-match'] === '*' && buckets.find(bucket).objects.has(key))
    throw new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
      status: 412,
    })
}

const described = ({ bytes, at, etag }: StoredObject) => ({
  'content-type': 'binary/octet-stream',
  'accept-ranges': 'bytes',
  'last-modified': new Date(at).toUTCString(),
  'x-amz-server-side-encryption': 'AES256',
  ...(bytes.length > 0 && { etag }),
})

/**
 * Checks that the bucket belongs to the caller's account. In the sandbox, no bucket policy allows callers of another
 * account.
 */
const expectOwn = ({ account }: Bucket, { caller }: Call): void => {
  if (account !== caller.account) throw new AwsError('AccessDenied', 'Access Denied', { status: 403 })
}

const perform = (buckets: Buckets, http: HttpRequest, call: Call): HttpReply => {
  const { bucket, key } = placeOf(call.url)
  expectOwn(buckets.find(bucket), call)
  if (call.action === 'PutObject') {
    expectWhole(http)
    expectAbsent(buckets, http, call)
    const { etag } = buckets.put(bucket, key, http.body)
    return { status: 200, headers: { etag, 'x-amz-server-side-encryption': 'AES256' }, body: '' }
  }
  const stored = buckets.get(bucket, key)
  return { status: 200, headers: described(stored), body: Buffer.from(stored.bytes) }
}

export const createS3 = (buckets: Buckets): AwsService => ({
  name: 's3',
  actionOf,
  answer: async (http, call) => perform(buckets, http, call),
  resources: ({ url }) => {
    const { bucket, key } = placeOf(url)
    return [{ arn: `arn:aws:s3:::${bucket}/${key}` }]
  },
})
