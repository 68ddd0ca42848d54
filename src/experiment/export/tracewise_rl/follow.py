"""What grpo.yaml names: reward functions, whose import makes TRL's GRPOTrainer
draw fresh questions for every batch."""

import os

from tracewise_rl.trl import follow

functions = follow(os.path.dirname(os.path.abspath(__file__)))
globals().update({function.__name__: function for function in functions})
