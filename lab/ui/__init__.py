"""The page.

Gradio reads this switch when it is first imported, and any module of this package may be the one that does; only
here is early enough. Without it, starting the lab asks two hosts on the internet for their addresses.
"""

import os

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
