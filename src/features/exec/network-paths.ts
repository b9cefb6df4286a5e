// Whether a task's network leads to Session Manager: one with endpoints for ECS alone is a known trap.
// Source: ECS developer guide, ECS Exec, considerations.

const MESSAGES = 'ssmmessages'

/** Services whose endpoints tell of a network that may have no other way out, and the one that ECS Exec needs. */
export const WAYS: readonly string[] = ['ecs', 'ecs-agent', 'ecr.api', 'ecr.dkr', MESSAGES]

/** `found`: those of WAYS; undefined where nobody could tell. */
export const missingWay = (found: readonly string[] | undefined): string | undefined => {
  if (found === undefined || found.length === 0 || found.includes(MESSAGES)) return undefined
  const names = found.map(name => `\`${name}\``).join(', ')
  return `The task’s network has endpoints of its own for ${names}, but none for \`${MESSAGES}\`: without another way out, nothing can run there.`
}
