// Which references of a task definition mean a secret or a parameter.
import { describe, expect, test } from 'vitest'
import { isSameSecret, secretName, withSecret } from '../../../src/features/services/find-secret-users.ts'
import { RemoteError } from '../../../src/model/errors.ts'
import { aService } from '../../builders.ts'

const SECRET = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db-Ab1Cd2'
const PARAMETER = 'arn:aws:ssm:us-east-1:111122223333:parameter/prod/db'
const HERE = { accountId: '111122223333', region: 'us-east-1' }

describe('a reference', () => {
  test.each([
    ['the ARN', SECRET, SECRET, true],
    ['with a JSON key', `${SECRET}:user::`, SECRET, true],
    ['with a version', `${SECRET}::AWSPREVIOUS:`, SECRET, true],
    ['without the suffix', SECRET.slice(0, -7), SECRET, true],
    ['with the suffix, where the line has none', SECRET, SECRET.slice(0, -7), true],
    ['another secret with the same beginning', SECRET.replace('db-', 'db-old-'), SECRET, false],
    ['another version of the same name', SECRET.replace('Ab1Cd2', 'Zz9Yy8'), SECRET, false],
    ['the same name in another account', SECRET.replace('111122223333', '444455556666'), SECRET, false],
    ['the ARN of a parameter', PARAMETER, PARAMETER, true],
    ['the name of a parameter', '/prod/db', PARAMETER, true],
    ['the name without its slash', 'prod/db', PARAMETER, true],
    ['a parameter of a similar name', '/prod/db2', PARAMETER, false],
    ['the name of a secret', 'prod/db', SECRET, false],
  ])('%s', (_, reference, arn, is) => {
    expect(isSameSecret(reference, arn, HERE)).toBe(is)
  })

  test('by name means a parameter of its own account', () => {
    expect(isSameSecret('/prod/db', PARAMETER, { ...HERE, accountId: '444455556666' })).toBe(false)
  })
})

test('the name of a secret is without the characters that AWS adds', () => {
  expect(secretName(SECRET)).toBe('prod/db')
  expect(secretName(PARAMETER)).toBe('prod/db')
})

test('task definitions that cannot be read are counted', async () => {
  const services = [aService(), aService({ taskDefinition: 'other:1' })]
  const read = {
    servicesOf: async () => services,
    secretsOf: async (_: unknown, definition: string) => {
      if (definition === 'other:1') throw new RemoteError('no', { code: 'AccessDenied', passing: false })
      return [SECRET]
    },
  }
  const refs = services.map(({ ref }) => ref)
  expect(await withSecret(SECRET, refs, read)).toEqual({
    refs: refs.slice(0, 1),
    unread: '1 task definitions could not be read: services that use them may be missing.',
  })
})

test('too many services are not searched', async () => {
  const refs = Array.from({ length: 1_001 }, () => aService().ref)
  const read = { servicesOf: async () => [], secretsOf: async () => [] }
  expect(await withSecret(SECRET, refs, read)).toMatchObject({ kind: 'refusal' })
})
