// No story comes near the 3,000 operations at which AWS fails an execution; test/world has those of sessions.
import { meterStories } from '../metering/meter-stories.ts'
import { changes, leases } from '../metering/stories.ts'
import { isQuick } from '../seed.ts'
import { aStory } from './story-world.ts'

// Leases of sixty days take their time.
meterStories(isQuick ? changes : [...changes, ...leases], aStory)
