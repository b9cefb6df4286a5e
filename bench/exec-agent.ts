// ECS Exec of the sandbox in a process of its own, so that the client's processor time is the client's alone.
import { createAws } from '../sandbox/aws/aws.ts'
import { agentTiming } from '../sandbox/ssm/agent.ts'
import { fair } from '../sandbox/ssm/weather.ts'
import { Clock } from '../sandbox/world/clock.ts'
import { createFleet } from '../sandbox/world/fleet.ts'
import { seedWorld } from '../sandbox/world/seed.ts'

export type Conditions = {
  /** Of all frames, either way. */
  readonly loss: number
  /** Milliseconds after each read. All else is the agent's own timing. */
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
process.send?.({ url: await aws.listen(), task: task?.id ?? '' })
