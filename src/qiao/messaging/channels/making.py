"""Files that are made for a message when it is sent: a bill, which its facts give again any time.

They are kept nowhere: hundreds of thousands a month would fill the disk with what can be made.
"""

from dataclasses import replace

from qiao.core.registry import registry
from qiao.core.typesetting import NoFont
from qiao.messaging.channels.port import Enclosure, Outgoing, Unmade


def with_made_file(outgoing: Outgoing) -> Outgoing:
    """The message with the file that goes along with its occasion, if there is one; outside a
    transaction. Raises `Unmade` where the file cannot be made."""
    occasion = registry.occasions().get(outgoing.kind)
    if occasion is None or occasion.enclosed is None or outgoing.subject_id is None:
        return outgoing
    try:
        made = occasion.enclosed(outgoing.subject_id, outgoing.language)
    except NoFont as error:
        raise Unmade(f"no font for Chinese: {error}") from error
    except (ValueError, LookupError, RuntimeError) as error:
        raise Unmade(str(error)) from error
    if made is None:
        return outgoing
    file = Enclosure(made.file_name, made.content_type, made=made.content)
    return replace(outgoing, files=(*outgoing.files, file))
