import { expect, test } from 'vitest'
import { createViewerSessions, type Session } from '../../../src/gateways/aws/identity/credentials.ts'
import { RemoteError } from '../../../src/model/errors.ts'

const MINUTE = 60_000

const aSession = (name: string, more: Partial<Session> = {}): Session => ({
  roleArn: 'arn:aws:iam::111122223333:role/quarterdeck-viewer',
  name,
  sourceIdentity: 'person@example.com',
  ...more,
})

const sharing = () => {
  let now = 0
  let refusals = 0
  const assumed: Session[] = []
  const assume = createViewerSessions(
    async session => {
      if (refusals-- > 0) throw new RemoteError('throttled', { code: 'Throttling', passing: true })
      assumed.push(session)
      return { ...KEYS, expiration: new Date(now + 15 * MINUTE) }
    },
    () => now,
  )
  return { assume, assumed, pass: (ms: number) => (now += ms), refuseOnce: () => (refusals = 1) }
}

const KEYS = { accessKeyId: 'ASIA', secretAccessKey: 'x', sessionToken: 'y' }

test('the looks of one operation share a session until five minutes before its end', async () => {
  const { assume, assumed, pass } = sharing()
  await assume(aSession('one'))
  pass(9 * MINUTE)
  await assume(aSession('one'))
  expect(assumed).toHaveLength(1)
  pass(2 * MINUTE)
  await assume(aSession('one'))
  expect(assumed).toHaveLength(2)
})

test.each([
  ['operation', aSession('two')],
  ['person', aSession('one', { sourceIdentity: 'other@example.com' })],
  ['role', aSession('one', { roleArn: 'arn:aws:iam::444455556666:role/quarterdeck-viewer' })],
  ['tag', aSession('one', { tags: { 'quarterdeck:operation': 'two' } })],
])('another %s has a session of its own', async (_, other) => {
  const { assume, assumed } = sharing()
  await assume(aSession('one'))
  await assume(other)
  expect(assumed).toHaveLength(2)
})

test('a refusal is not shared', async () => {
  const { assume, assumed, refuseOnce } = sharing()
  refuseOnce()
  await expect(assume(aSession('one'))).rejects.toThrow('throttled')
  await assume(aSession('one'))
  expect(assumed).toHaveLength(1)
})
