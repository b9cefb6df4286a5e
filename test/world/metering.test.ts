// No session comes near the 3,000 operations at which AWS fails an execution; test/stories has the other stories.
import { meterStories } from '../metering/meter-stories.ts'
import { sessions, shortSessions } from '../metering/stories.ts'
import { aWorld } from './world.ts'

/** The longest grant runs with all points, and where the table is written. */
const isWhole = process.env['METER_WRITE'] !== undefined || process.env['CRASH'] === 'all'

meterStories(isWhole ? sessions : shortSessions, async () => {
  const world = await aWorld()
  world.aws.exec.timing = { ...world.aws.exec.timing, floor: 20, readPause: 0, startFailure: 20 }
  return world
})
