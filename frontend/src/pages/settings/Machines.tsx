import { isOwner } from '../../lib/page'
import { Note } from '../../parts/basics'
import { useServices } from '../../shell/live'
import { ServiceRow } from '../../shell/ServicePill'
import { Cameras } from './Cameras'
import { TokenList } from './Tokens'

/** Machines: the render services that draw, the tokens they dial in with, and the cameras. */
export function Machines() {
  const services = useServices()
  const items = services?.items ?? []
  return (
    <>
      <h2>Render services</h2>
      {items.length === 0 && <Note icon="machine">No render service is attached. Tracks, cues and parameters work; previews and films wait for one.</Note>}
      {items.length > 0 && <div className="card">{items.map((one) => <div className="memberrow" key={one.id}><ServiceRow service={one} /></div>)}</div>}
      <h2>Tokens of machines</h2>
      <p className="soft">A render service dials out to this studio with a token, so it may sit behind a home router. One token for each machine.</p>
      {isOwner()
        ? <TokenList path="/service-tokens" placeholder="Attic GPU" what="Its connection closes at once, and what it was drawing goes to another service." after={(token) => <HowTo token={token} />} />
        : <Note>Owners make and revoke them.</Note>}
      <Cameras />
    </>
  )
}

function HowTo({ token }: { token: string }) {
  const studio = window.location.origin
  return (
    <div className="col">
      <div className="label">On that machine</div>
      <pre className="mono code">{`echo '${token}' > token.txt && chmod 600 token.txt\npython -m gpu_service serve --studio ${studio} --token-file token.txt`}</pre>
    </div>
  )
}
