import { expect, test } from 'vitest'
import { hideThing, queryClient, showThing } from './query'

test('a thing is renewed and hidden in its lists; what stands beside them and is no list stays', () => {
  const trained = { runs: [], begun: [] }
  queryClient.setQueryData(['trainings', 'project'], { items: [{ id: 'a', name: 'before' }, { id: 'b', name: 'other' }] })
  queryClient.setQueryData(['trainings', 'network', 'network'], trained)
  showThing('training', { id: 'a', name: 'after' })
  expect(queryClient.getQueryData(['trainings', 'project'])).toEqual({ items: [{ id: 'a', name: 'after' }, { id: 'b', name: 'other' }] })
  const back = hideThing('training', 'b')
  expect(queryClient.getQueryData(['trainings', 'project'])).toEqual({ items: [{ id: 'a', name: 'after' }] })
  expect(queryClient.getQueryData(['trainings', 'network', 'network'])).toEqual(trained)
  back()
  expect(queryClient.getQueryData(['trainings', 'project'])).toMatchObject({ items: [{ id: 'a' }, { id: 'b' }] })
})
