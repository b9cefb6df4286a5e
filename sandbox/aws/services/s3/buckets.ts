// S3 buckets and their objects. The names of buckets are unique across accounts.
import { createHash } from 'node:crypto'
import type { Fleet } from '../../../world/fleet.ts'
import { AwsError } from '../../wire/service.ts'
import type { Place } from '../ssm/parameters.ts'

export type StoredObject = { readonly bytes: Uint8Array; readonly at: number; readonly etag: string }

export type Bucket = Place & { readonly name: string; readonly objects: Map<string, StoredObject> }

export type Buckets = ReturnType<typeof createBuckets>

/** S3's error for a missing bucket (API reference, error responses). */
const NO_BUCKET = () => new AwsError('NoSuchBucket', 'The specified bucket does not exist', { status: 404 })
const NO_KEY = () => new AwsError('NoSuchKey', 'The specified key does not exist.', { status: 404 })

/** Adds the buckets to which clusters log exec sessions. */
export const addExecBuckets = (buckets: Buckets, fleet: Fleet): void => {
  for (const { clusters, account, region } of fleet.sites.values())
    for (const { configuration } of clusters.values()) {
      const name = configuration?.executeCommandConfiguration?.logConfiguration?.s3BucketName
      if (name !== undefined) buckets.add({ account, region }, name)
    }
}

export const createBuckets = (now: () => number) => {
  const known = new Map<string, Bucket>()
  const find = (name: string): Bucket => {
    const bucket = known.get(name)
    if (bucket === undefined) throw NO_BUCKET()
    return bucket
  }
  return {
    add: (place: Place, name: string): void => {
      if (!known.has(name)) known.set(name, { ...place, name, objects: new Map() })
    },
    /** `find`, and the functions for objects below, throw S3's errors. */
    find,
    put: (name: string, key: string, bytes: Uint8Array): StoredObject => {
      const etag = `"${createHash('md5').update(bytes).digest('hex')}"`
      const stored = { bytes, at: now(), etag }
      find(name).objects.set(key, stored)
      return stored
    },
    get: (name: string, key: string): StoredObject => {
      const stored = find(name).objects.get(key)
      if (stored === undefined) throw NO_KEY()
      return stored
    },
  }
}
