"""
CodeRL+ outside of Tracewise: programs that a model wrote and that failed become
questions about what they really compute.

rewards.py    judges programs and grades answers, as one file that also stands alone
tracing.py    runs Tracewise's own tracer (harness/) in a process of its own
questions.py  how a record is put to a model, and its true answer
funnel.py     which judged programs become records
records.py    the buffer from which a step draws
loop.py       what a step holds and what it leaves behind, without a trainer
trl.py        the loop in TRL's GRPOTrainer
verl.py       the loop as verl's dataset, reward manager and reward function

Python 3.12 or later: the tracer listens to sys.monitoring.
"""
