// Runs the sandbox's ECS Exec in its own process, so that the client's CPU time excludes it.
import { createAws } from '../sandbox/aws/aws.ts'
import { localUser } from '../sandbox/aws/wire/credentials.ts'
import { agentTiming } from '../sandbox/ssm/agent.ts'
import { fair } from '../sandbox/ssm/weather.ts'
import { Clock } from '../sandbox/world/clock.ts'
import { createFleet } from '../sandbox/world/fleet.ts'
import { seedWorld } from '../sandbox/world/seed.ts'

export type Conditions = {
  /** Share of lost frames in each direction, 0 to 1. */
  readonly loss: number
  /** Milliseconds after each read. Everything else has the real agent's timing. */
  readonly readPause: number
}

const place = { account: '111122223333', region: 'us-east-1' }
const clock = new Clock({ speed: 1 })
const fleet = createFleet({ clock, seed: 1 })
seedWorld(fleet)
const aws = createAws({ clock, fleet })
const [task] = [...(fleet.site(place).clusters.get('web')?.services.get('orders-api')?.tasks ?? [])]
process.on('message', ({ loss, readPause }: Conditions) => {
  aws.exec.timing = { ...agentTiming, readPause }
  aws.exec.weather = () => ({ ...fair(), loss })
  process.send?.({})
})
const { accessKeyId, secretAccessKey } = localUser
process.send?.({ url: await aws.listen(), task: task?.id ?? '', accessKeyId, secretAccessKey })
