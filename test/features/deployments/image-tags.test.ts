import { expect, test } from 'vitest'
import { imageTagsOf } from '../../../src/features/deployments/image-tags.ts'
import { imageDigest } from '../../builders.ts'

const unreadOf = async (registry: string) => {
  const images = [{ container: 'app', image: `${registry}/search:v1`, digest: imageDigest('7') }]
  return (await imageTagsOf(images, { digestOf: async () => undefined })).unread
}

test.each([
  '111122223333.dkr.ecr.us-east-1.amazonaws.com',
  '111122223333.dkr.ecr-fips.us-east-1.amazonaws.com',
  '111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn',
  '111122223333.dkr.ecr.eusc-de-east-1.amazonaws.eu',
  '111122223333.dkr-ecr.us-east-1.on.aws',
  '111122223333.dkr-ecr-fips.us-east-1.on.aws',
])('a tag of %s that is not read is unread', async registry => {
  expect(await unreadOf(registry)).toEqual(['app'])
})

test.each(['ghcr.io/team', '111122223333.dkr.ecr.us-east-1.amazonaws.com.example.com', 'public.ecr.aws/team'])(
  'a tag of %s is outside of the registries that are read',
  async registry => {
    expect(await unreadOf(registry)).toBeUndefined()
  },
)
