// Runs the sandbox's CloudWatch Logs in its own process, with 100,000 events in 200 streams.
import { createAws } from '../sandbox/aws/aws.ts'
import { localUser } from '../sandbox/aws/wire/credentials.ts'
import { Clock } from '../sandbox/world/clock.ts'
import { createFleet } from '../sandbox/world/fleet.ts'
import { EVENTS, GROUP, lineOf, MINUTES, STREAMS } from './log-lines.ts'

const clock = new Clock({ speed: 1 })
const aws = createAws({ clock, fleet: createFleet({ clock, seed: 1 }) })
const group = aws.logs.create({ account: '111122223333', region: 'us-east-1' }, GROUP)
const first = clock.now() - MINUTES * 60_000
for (let n = 0; n < EVENTS; n += 1)
  aws.logs.append(
    group,
    `ecs/app/${(n % STREAMS).toString().padStart(32, '0')}`,
    lineOf(n),
    first + Math.floor((n * MINUTES * 60_000) / EVENTS),
  )
let calls = 0
aws.callLog.subscribe(() => {
  calls += 1
})
process.on('message', () => {
  aws.throttle.reset()
  process.send?.({ calls })
  calls = 0
})
const { accessKeyId, secretAccessKey } = localUser
process.send?.({ url: await aws.listen(), from: first, accessKeyId, secretAccessKey })
