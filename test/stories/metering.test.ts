// No story comes near the 3,000 operations at which AWS fails an execution; test/world has those of sessions.
import { meterStories } from '../metering/meter-stories.ts'
import { changes, leases } from '../metering/stories.ts'
import { isQuick } from '../seed.ts'
import { aStory } from './story-world.ts'

// A day and a half of polls, and leases of sixty days, take their time.
const quick = changes.filter(({ name }) => name !== 'a deployment that never settles')

meterStories(isQuick ? quick : [...changes, ...leases], aStory)
