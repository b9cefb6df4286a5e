// No story comes near the 3,000 operations at which AWS fails an execution; test/world has those of sessions.
import { meterStories } from '../metering/meter-stories.ts'
import { changes, leases } from '../metering/stories.ts'
import { isQuick } from '../seed.ts'
import { aStory } from './story-world.ts'

// A day and a half of polls, a watch of six hours, and leases of sixty days take their time.
const quick = changes.filter(({ name }) => !/never settles|watched for six hours/.test(name))

meterStories(isQuick ? quick : [...changes, ...leases], aStory)
