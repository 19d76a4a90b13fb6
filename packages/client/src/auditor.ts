// Auditing without a primary: a session of this client that does in the log all that a primary does there,
// on a link of its own, under writers of its own. Several may be at it: what each appends stands on all of
// the log or is not taken, and ids derive from what was found, so it is said once.
// @see docs/adr/0023-auditing-clients.md
import type { App, DocumentId } from '@causeway/core';
import { Bug, decodeHeader, versionProblems } from '@causeway/core';
import { type DocumentNews, PrimarySession, primaryOf } from '@causeway/primary';
import type { DownMessage, UpMessage } from '@causeway/protocol';
import { protocolVersion } from '@causeway/protocol';
import type { Auditor, AuditorSetup, AuditorState, StartAuditor } from './auditor-port.ts';
import { LinkDriver, type Welcomed } from './drive-link.ts';
import type { FollowedLog } from './follow-log.ts';
import { followEntries, followFromStart, notePush } from './follow-log.ts';
import { newReplicaId } from './platform.ts';

export type { Auditor, AuditorSetup, AuditorState, StartAuditor } from './auditor-port.ts';

export interface AuditorOptions {
  /** Earlier versions of the application, for the operations that were made with them. */
  readonly previous?: readonly App[];
  /**
   * Whose roles are needed to answer a case. All auditors of a team must say the same. Default: nobody
   * has any, and a question that names `resolvers` waits.
   */
  readonly rolesOf?: (user: string) => readonly string[];
}

/**
 * For `connect({ auditor: createAuditor() })`: this client audits its open documents, where the relay has
 * no primary and believes its clients. It appends what a primary would: what it found, what mends it,
 * results of intents, steps of sagas. Effects at the primary are left waiting for one: no auditor claims
 * them, or says what became of them.
 *
 * @remarks Cost: a second copy of each open document, and its whole log read at every new link. Throws
 * Bug `bad-app-versions` where the versions do not belong together. Refusals are told by
 * `client.status.auditor`, each with its remedy at {@link AuditorState}.
 */
export function createAuditor(options: AuditorOptions = {}): StartAuditor {
  return (setup) => new RunningAuditor(setup, options);
}

/** Owns a link, and the session on it. */
class RunningAuditor implements Auditor {
  failure: string | undefined;
  private readonly setup: AuditorSetup;
  private readonly options: AuditorOptions;
  private readonly link: LinkDriver;
  private readonly replica;
  private readonly documents = new Set<DocumentId>();
  /** Newer code was at work there: this one's word counts no more, for as long as it lives. */
  private readonly outdated = new Set<DocumentId>();
  /** Of those that this link has opened. */
  private readonly logs = new Map<DocumentId, FollowedLog>();
  private session: PrimarySession | undefined;
  private isDenied = false;
  private told: string | undefined;

  constructor(setup: AuditorSetup, options: AuditorOptions) {
    this.setup = setup;
    this.options = options;
    const { app, bounds, platform, Socket, url } = setup;
    const { previous = [] } = options;
    const versions = previous.map(({ definition }) => definition);
    const problems = versionProblems({ current: app.definition, previous: versions });
    if (problems.length > 0) throw new Bug('bad-app-versions', problems.join('; '));
    this.replica = newReplicaId(platform);
    const { name, version: appVersion } = app;
    const { replica } = this;
    const protocol = protocolVersion;
    this.link = new LinkDriver({
      ...{ url, bounds, Socket, platform },
      hello: { type: 'hello', protocol, app: name, appVersion, replica, token: '' },
      listener: {
        opened: (welcomed) => this.begin(welcomed),
        reported: (report) => {
          if (report === 'closed') this.end();
        },
        received: (message) => this.receive(message),
        changed: () => this.tellChange(),
      },
    });
  }

  get state(): AuditorState {
    if (this.failure !== undefined) return 'failed';
    if (this.isDenied) return 'not-permitted';
    if (this.outdated.size > 0) return 'outdated';
    return this.session ? 'auditing' : 'waiting';
  }

  announce(document: DocumentId): void {
    this.documents.add(document);
    if (!this.outdated.has(document)) this.session?.announce(document);
  }

  leave(document: DocumentId): void {
    this.documents.delete(document);
    this.abandon(document);
  }

  tell(input: Parameters<Auditor['tell']>[0]): void {
    this.link.tell(input);
  }

  stop(): void {
    this.link.stop();
  }

  /** From the log's beginning: of what the last link left unanswered, the log has all or nothing. */
  private begin({ hasPrimary }: Welcomed): void {
    this.session?.close();
    this.logs.clear();
    this.failure = undefined;
    this.isDenied = !hasPrimary;
    this.session = hasPrimary ? this.newSession() : undefined;
    for (const document of this.documents) this.announce(document);
    this.tellChange();
  }

  private newSession(): PrimarySession {
    const { app, platform } = this.setup;
    const { previous = [], rolesOf } = this.options;
    return new PrimarySession({
      primary: primaryOf(app),
      previous: previous.map(({ definition }) => definition),
      ...{ replica: this.replica, platform, hash: platform.hash, actsOutside: false },
      ...(rolesOf && { rolesOf }),
      send: (message) => this.send(message),
      guard: (document, work) => this.guard(document, work),
      onEscalationFailed: (document, error) => this.fail(document, error),
      onNotPermitted: () => {
        this.isDenied = true;
        this.end();
      },
    });
  }

  private receive(message: DownMessage): void {
    const { session } = this;
    if (!session || !isDocumentNews(message)) return;
    const news = this.verify(message);
    if (!news) return;
    const { document } = news;
    if (hasNewerCode(news, this.setup.app.version)) {
      this.outdated.add(document);
      this.abandon(document);
      this.tellChange();
      return;
    }
    this.guard(document, () => session.take(news));
  }

  /** What is new of it; what does not fit what came before ends the link. */
  private verify(message: DocumentNews): DocumentNews | undefined {
    const { hash } = this.setup.platform;
    const log = this.logs.get(message.document);
    if (message.type === 'push-refused') return message;
    if (message.type === 'opened') {
      this.logs.set(message.document, log ?? followFromStart(hash, message));
      return message;
    }
    const followed = log && followEntries(log, hash, message);
    if (followed?.type === 'astray') this.link.drop();
    return followed?.type === 'followed' ? followed.entries : undefined;
  }

  private send(message: UpMessage): void {
    const log = message.type === 'push' && this.logs.get(message.document);
    if (log) notePush(log, message);
    this.link.send(message);
  }

  private abandon(document: DocumentId): void {
    this.session?.leave(document);
    this.logs.delete(document);
  }

  /** What throws is the application's code, or a bug: its document is not judged by a state in between. */
  private guard(document: DocumentId, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.fail(document, error);
    }
  }

  private fail(document: DocumentId, error: unknown): void {
    this.failure = `${document}: ${error instanceof Error ? error.message : String(error)}`;
    this.abandon(document);
    this.tellChange();
  }

  private end(): void {
    this.session?.close();
    this.session = undefined;
    this.logs.clear();
    this.tellChange();
  }

  private tellChange(): void {
    const now = `${this.state} ${this.failure ?? ''}`;
    if (now === this.told) return;
    this.told = now;
    this.setup.changed();
  }
}

function isDocumentNews(message: DownMessage): message is DocumentNews {
  const { type } = message;
  return type === 'opened' || type === 'entries' || type === 'push-refused';
}

/**
 * An operation of a newer version than this one: its rules are not known here, and by older ones it might be
 * called void. Whoever has that version goes on.
 */
function hasNewerCode(news: DocumentNews, version: number): boolean {
  if (news.type !== 'entries') return false;
  return news.items.some((item) => {
    if (item.type !== 'change') return false;
    const made = decodeHeader(item.sealed.header)?.operation?.codeVersion;
    return made !== undefined && made > version;
  });
}
