// Commands in containers: the built functions, a real shell, a real data channel.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { verifyChain } from '../../src/audit.ts'
import { aWorld, textOf, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await aWorld()
  world.aws.exec.timing = { ...world.aws.exec.timing, floor: 20, readPause: 0, startFailure: 20 }
})
afterAll(() => world.stop())
afterEach(() => world.aws.faults.clear())

const said = () => world.replies().map(textOf).at(-1) ?? ''
const outcomes = async () => (await world.audit('111122223333')).filter(({ kind }) => kind === 'outcome')

describe('a command of the configuration', () => {
  test('runs without consent; its output is in the thread, its hash in the audit', async () => {
    await world.type('exec orders-api:app -- env-names')
    expect(world.card()).toContain('Run env-names in orders-api')
    expect(world.card()).toContain("sh -c 'env | cut -d= -f1 | sort'")
    expect(world.card()).toContain('Done. It ended with status 0.')
    expect(said()).toContain('PATH')
    const [record] = (await outcomes()).slice(-1)
    expect(record?.sessions?.[0]).toMatchObject({
      id: expect.stringMatching(/^ecs-execute-command-/),
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(verifyChain(await world.audit('111122223333'))).toEqual([])
  })
})
