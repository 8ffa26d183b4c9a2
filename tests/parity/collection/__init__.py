"""Run folders of other people's strategies in the real freqtrade and here, and compare."""
