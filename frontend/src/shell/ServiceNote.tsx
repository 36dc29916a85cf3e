import { Note } from '../parts/basics'
import { useServices } from './live'

/** Why something waits: no service, one that starts, or one that went away. Nothing while one is attached. */
export function ServiceNote({ waits }: { waits: string }) {
  const services = useServices()
  if (services?.state === 'attached') return null
  const why = { none: 'No render service is attached.', starting: 'The render service is starting.', away: 'The render service is away.' }[services?.state ?? 'none']
  return <div className="servicenote"><Note icon="machine">{why} {waits}</Note></div>
}
