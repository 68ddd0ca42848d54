"""What grpo.yaml names: reward functions, whose import makes TRL's GRPOTrainer
draw fresh questions for every batch."""

import os

from tracewise_rl.trl import follow

tests_reward, trace_reward = follow(os.path.dirname(os.path.abspath(__file__)))
