// The agent's splitting of a command, as its own code does it.
import { expect, test } from 'vitest'
import { splitCommand } from '../../../sandbox/ssm/split.ts'
import { vectors } from '../../kit/session/vectors.ts'

test.each(vectors.agentCommandSplitting.cases)('$command', ({ command, argv, error }) =>
  expect(splitCommand(command)).toEqual(error === undefined ? { argv } : { error }),
)
