// Reads for which CPU architectures an image in ECR exists. Source: OCI image index specification.
import { BatchGetImageCommand, ECRClient } from '@aws-sdk/client-ecr'
import type { Config } from '../../../engine/rules/config.ts'
import type { CostReads } from '../../../features/cost/reads.ts'
import { isRecord } from '../../../model/json.ts'
import type { Sessions } from '../identity/sessions.ts'
import { askAws } from '../translate.ts'
import { OWN_REGISTRY } from './ecr-scans.ts'

const INDEXES = ['application/vnd.oci.image.index.v1+json', 'application/vnd.docker.distribution.manifest.list.v2+json']
const MANIFESTS = ['application/vnd.oci.image.manifest.v1+json', 'application/vnd.docker.distribution.manifest.v2+json']

export const createArchitectureReader = ({ accounts }: Config, sessions: Sessions): CostReads['architectures'] => {
  const clientFor = sessions.each(settings => new ECRClient(settings))
  return async ({ image, digest }) => {
    const [, registry, region, repositoryName = ''] = OWN_REGISTRY.exec(image) ?? []
    const account = accounts.find(({ id }) => id === registry)
    if (account === undefined || region === undefined) return undefined
    return askAws(`reading the image of ${repositoryName}`, async () => {
      const client = await clientFor(account, region)
      const { images = [] } = await client.send(
        new BatchGetImageCommand({
          repositoryName,
          imageIds: [{ imageDigest: digest }],
          acceptedMediaTypes: [...INDEXES, ...MANIFESTS],
        }),
      )
      return architecturesIn(images[0]?.imageManifest)
    })
  }
}

/** Those that an image index names; `one` for the manifest of a single image. The text is untrusted. */
export const architecturesIn = (text: string | undefined): readonly string[] | 'one' | undefined => {
  const manifest = parse(text)
  const manifests: unknown = manifest['manifests']
  if (!Array.isArray(manifests)) return Array.isArray(manifest['layers']) ? 'one' : undefined
  const named = manifests.flatMap(one => {
    const platform: unknown = isRecord(one) ? one['platform'] : undefined
    const name: unknown = isRecord(platform) ? platform['architecture'] : undefined
    return typeof name === 'string' && /^[a-z0-9]{1,20}$/.test(name) ? [name] : []
  })
  return [...new Set(named)]
}

const parse = (text = ''): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : {}
  } catch {
    return {}
  }
}
