/** The choice of a model: nano, a file, the Hub. */
export const models = {
  title: 'Choose a model',
  /** @param families such as `Llama or Qwen2` */
  lead: (families: string) =>
    `Any ${families} model trains here in place of nano. A file stays on this machine; a model of the Hub is downloaded once.`,
  other: 'Another model…',
  change: (name: string) => `Model: ${name}. Choose another one`,
  close: 'Close',
  nano: 'nano, the model of this page',
  useNano: 'Use nano',
  inUse: 'in use',
  file: {
    heading: 'From this machine',
    help: 'A .gguf file (Q2_K to Q8_0, IQ4_NL, F16, BF16, F32), or a folder with config.json, tokenizer.json, tokenizer_config.json and safetensors. You may also drop it anywhere on the page.',
    choose: 'Choose a file',
    folder: 'Choose a folder',
  },
  hub: {
    heading: 'From the Hugging Face Hub',
    id: 'Id of the model',
    help: 'owner/name, or owner/name/FILE.gguf where a repository holds several. This asks the Hub for names and sizes and downloads nothing yet.',
    token: 'Access token, for models that ask for one',
    tokenHelp: 'Sent to the Hub alone and not stored.',
    other: (host: string) =>
      `The address of this page names another server: models come from ${host}, not from the Hub.`,
    trust: (host: string) =>
      `Send the token to ${host} as well. Whoever runs that server can use it as I can.`,
    lookUp: 'Look up',
  },
  kept: {
    heading: 'Downloaded before',
    none: 'Nothing yet.',
    from: (host: string) => `from ${host}`,
    whole: (size: string) => `${size}, whole`,
    part: (size: string) => `${size} so far`,
    hash: (hash: string) => `SHA-256 ${hash}`,
    use: 'Use',
    goOn: 'Go on',
    remove: (size: string) => `Delete, frees ${size}`,
  },
  looking: 'Reading what it says about itself.',
  cost: {
    heading: (name: string) => `${name} would take`,
    parameters: 'Parameters',
    files: 'Its files',
    download: 'To download',
    nothing: 'nothing',
    rest: (rest: string, there: string) => `${rest}, ${there} are here already`,
    memory: 'Memory while it trains',
    about: (size: string) => `about ${size}`,
    unknown: 'not known before it is loaded',
    slow: (device: string) =>
      `It will run on ${device}. Without a graphics card a step of such a model takes minutes; the page stays usable meanwhile.`,
    tasks: 'Its tasks are 40 easy ones: nano’s are in a notation of its own. The run in Play ends.',
    load: 'Load',
    fetch: (size: string) => `Download ${size} and load`,
  },
  stop: 'Stop',
  stopped: 'Stopped. What was downloaded is kept.',
  drop: 'or a model (.gguf, or its folder)',
  unchanged: 'Nothing was loaded; the model in use is as it was.',
  noModel: (name: string) => `${name} is no model`,
  whatModelIs:
    'A model is a .gguf file, or a folder with config.json, tokenizer.json, tokenizer_config.json and safetensors files.',
  advice: 'Check the file or the id, or choose another model.',
};
