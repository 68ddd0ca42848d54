/**
 * The file system of an interpreter as it was right after its start, and how it
 * becomes that again. Emscripten keeps it in JavaScript's memory: nodes, the chains
 * by which they are found, open streams, the working folder. All of that was noted at
 * the start and is put back, without a look at what a program left there.
 */

/** A file, folder, link or device. Folders have nodes by name for contents, files have bytes. */
interface FileNode {
  contents?: unknown;
}

/** An open descriptor. Duplicates have `shared` in common. */
interface FileStream {
  readonly shared?: object;
}

/** What is used of Emscripten's file system. */
export interface FileTree {
  readonly streams: (FileStream | null | undefined)[];
  /** Chains of nodes, each linked by `name_next`. */
  readonly nameTable: (FileNode & { name_next?: FileNode })[];
  currentPath: string;
  nextInode: number;
}

/** An object of JavaScript's and what it held. */
interface Kept {
  readonly object: object;
  readonly held: object;
}

interface KeptNode extends Kept {
  readonly object: FileNode;
  readonly contents: unknown;
}

export class FileImage {
  private readonly nodes: readonly KeptNode[];
  private readonly chains: FileTree['nameTable'];
  private readonly streams: FileTree['streams'];
  private readonly streamParts: readonly Kept[];
  private readonly currentPath: string;
  private readonly nextInode: number;

  constructor(private readonly files: FileTree) {
    this.chains = [...files.nameTable];
    this.nodes = [...nodesOf(files)].map((object) => ({
      ...kept(object),
      object,
      contents: copyOf(object.contents),
    }));
    this.streams = [...files.streams];
    this.streamParts = this.streams.flatMap((stream) =>
      stream ? [kept(stream), ...(stream.shared ? [kept(stream.shared)] : [])] : [],
    );
    this.currentPath = files.currentPath;
    this.nextInode = files.nextInode;
  }

  /** Descriptors and the working folder, which a program may change by reading alone. */
  restoreStreams(): void {
    const { files } = this;
    refill(files.streams, this.streams);
    for (const part of this.streamParts) putBack(part);
    files.currentPath = this.currentPath;
  }

  /** Every file, folder and link, and nothing besides. */
  restoreNodes(): void {
    const { files } = this;
    refill(files.nameTable, this.chains);
    files.nextInode = this.nextInode;
    for (const node of this.nodes) {
      putBack(node);
      const { object, contents } = node;
      // The bytes may have been written over where they lie. A folder gets an object that nobody has touched.
      if (contents instanceof Uint8Array) (object.contents as Uint8Array).set(contents);
      else if (contents !== undefined) object.contents = copyOf(contents);
    }
  }
}

/** All that is in the chains: every node but those that Emscripten makes up for a look at `/proc`. */
function nodesOf({ nameTable }: FileTree): Set<FileNode> {
  const found = new Set<FileNode>();
  for (const first of nameTable) for (let node = first; node; node = node.name_next!) found.add(node);
  return found;
}

function copyOf(contents: unknown): unknown {
  if (contents instanceof Uint8Array) return contents.slice();
  return typeof contents === 'object' && contents !== null ? { ...contents } : undefined;
}

const kept = (object: object): Kept => ({ object, held: { ...object } });

function putBack({ object, held }: Kept): void {
  for (const key of Object.keys(object)) if (!(key in held)) Reflect.deleteProperty(object, key);
  Object.assign(object, held);
}

function refill<T>(list: T[], items: readonly T[]): void {
  list.length = items.length;
  for (let at = 0; at < items.length; at++) list[at] = items[at]!;
}
