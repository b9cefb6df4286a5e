import { expect, test } from 'vitest'
import { architecturesIn } from '../../../src/gateways/aws/images/architectures.ts'

test.each([
  ['{"manifests":[{"platform":{"architecture":"amd64"}},{"platform":{"architecture":"arm64"}}]}', ['amd64', 'arm64']],
  ['{"manifests":[{"platform":{"architecture":"*x*"}},{},7]}', []],
  ['{"layers":[]}', 'one'],
  ['{}', undefined],
  ['[', undefined],
  [undefined, undefined],
])('the manifest %s is for %j', (text, expected) => {
  expect(architecturesIn(text)).toEqual(expected)
})
