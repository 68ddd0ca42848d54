"""The step of work.ts in PyTorch with transformers and peft: one line of JSON says the
versions, then a line of seconds for each line that is read. It checks nothing.

usage: torch_step.py CONFIG.json ROWS TOKENS RANK ALPHA THREADS
"""

import json
import sys
import time

import peft
import torch
import transformers

path, rows, tokens, rank, alpha, threads = sys.argv[1], *map(int, sys.argv[2:])
torch.set_num_threads(threads)
torch.manual_seed(0)
with open(path) as file:
    config = transformers.LlamaConfig(**json.load(file))
settings = peft.LoraConfig(r=rank, lora_alpha=alpha, target_modules="all-linear")
model = peft.get_peft_model(transformers.LlamaForCausalLM(config), settings)
trained = [p for p in model.parameters() if p.requires_grad]
optimizer = torch.optim.AdamW(trained, lr=1e-4)
ids = torch.randint(1, config.vocab_size, (rows, tokens))
advantages = torch.tensor([1.0 if row % 2 == 0 else -1.0 for row in range(rows)])[:, None]
print(json.dumps({"torch": torch.__version__, "threads": torch.get_num_threads()}), flush=True)
for _ in sys.stdin:
    begun = time.perf_counter()
    logits = model(input_ids=ids).logits[:, :-1]
    log_prob = torch.log_softmax(logits, -1).gather(-1, ids[:, 1:, None])[..., 0]
    ratio = torch.exp(log_prob - log_prob.detach())
    (-(advantages * ratio).mean()).backward()
    torch.nn.utils.clip_grad_norm_(trained, 1.0)
    optimizer.step()
    optimizer.zero_grad()
    print(time.perf_counter() - begun, flush=True)
