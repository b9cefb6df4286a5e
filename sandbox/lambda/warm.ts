// Keeps containers for the next sandbox. As in Lambda, a warm process keeps its state, so the next sandbox must use the same
// addresses, keys and secrets.
import { randomBytes } from 'node:crypto'
import type { Container } from './container.ts'

/** The range of ports to use: above the privileged ports, and below the ephemeral ports (from 32768 on Linux). */
const PORTS = { from: 10_000, count: 22_000 }

export type Warm = {
  readonly port: number
  readonly awsPort: number
  readonly signingSecret: string
  readonly botToken: string
  /** Keeps a container for the next sandbox. A container that is dead or busy is killed instead. */
  readonly keep: (container: Container) => void
  /** Returns a kept container that has run this bundle; undefined if there is none. */
  readonly take: (file: string) => Container | undefined
}

export const createWarm = (): Warm => {
  const containers: Container[] = []
  const port = PORTS.from + 2 * Math.floor((Math.random() * PORTS.count) / 2)
  return {
    port,
    awsPort: port + 1,
    ...newSecrets(),
    keep: container => {
      if (container.isBusy() || container.isDead()) container.kill()
      else containers.push(container)
    },
    take: file => {
      const index = containers.findIndex(container => container.file === file && !container.isDead())
      return index < 0 ? undefined : containers.splice(index, 1)[0]
    },
  }
}

export const newSecrets = () => ({
  signingSecret: randomBytes(16).toString('hex'),
  botToken: `xoxb-${randomBytes(20).toString('hex')}`,
})
