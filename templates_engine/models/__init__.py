"""Documents, their versions, who wrote them and what was said about them."""

from templates_engine.models.contributions import Contribution as Contribution
from templates_engine.models.documents import Document as Document
from templates_engine.models.remarks import Remark as Remark
from templates_engine.models.versions import Version as Version
