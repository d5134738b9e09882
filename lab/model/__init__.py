"""What chatting and training share: the quantized base, the chat template, generation, adapters."""
