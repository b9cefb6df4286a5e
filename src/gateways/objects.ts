// Adds objects to an S3 bucket, without an SDK. Source: S3 API reference, PutObject; user guide, "Conditional writes".
import { hash } from 'node:crypto'
import { createSignedPut, refusedBy } from './signed-request.ts'

/**
 * Creates the function that adds an object. If the object exists already, it is not changed. `env`: AUDIT_BUCKET, AWS_REGION and
 * credentials. The request has a checksum, because a bucket with Object Lock requires one.
 */
export const createAddObject = (env: NodeJS.ProcessEnv): ((key: string, body: string) => Promise<void>) => {
  const put = createSignedPut('s3', env)
  return async (key, body) => {
    const reply = await put(`/${env['AUDIT_BUCKET'] ?? ''}/${key}`, body, {
      'Content-Type': 'application/jsonl',
      'If-None-Match': '*',
      'X-Amz-Content-Sha256': hash('sha256', body),
      'X-Amz-Checksum-Sha256': hash('sha256', body, 'base64'),
      'X-Amz-Sdk-Checksum-Algorithm': 'SHA256',
    })
    // 412: the object exists. An earlier run added it, but ended before it recorded this.
    if (reply.status !== 200 && reply.status !== 412) throw refusedBy('S3', reply)
  }
}
