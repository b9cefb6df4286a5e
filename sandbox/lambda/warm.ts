// Keeps containers for the next sandbox. A warm process keeps its state, as in Lambda, so addresses, keys and secrets
// stay the same.
import { randomBytes } from 'node:crypto'
import type { Container } from './container.ts'

/** The ports to choose from: above the privileged ports and below the ephemeral ports (from 32768 on Linux). */
const PORTS = { from: 10_000, count: 22_000 }

export type Warm = {
  readonly port: number
  readonly awsPort: number
  readonly signingSecret: string
  readonly botToken: string
  /** Keeps a container for the next sandbox. Kills it if it is dead or busy. */
  readonly keep: (container: Container) => void
  /** Returns a container that has run this bundle before, if there is one. */
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
