"""What PostgreSQL does by itself for the category tree: bodies of PL/pgSQL trigger functions."""

# A new parent is locked before it is read: its rename or move, begun and not committed, would not be seen here, nor
# this child there. A child that stays below its parent does not lock it: carrying holds the parent and takes the child,
# while a rename of the child holds the child.
# A cycle would make the carrying below endless, so a parent inside the node's own subtree is refused here.
SET_CATEGORY_PATH = """
    IF NEW.parent_id IS NULL THEN
        NEW.path := NEW.name;
        RETURN NEW;
    END IF;
    IF TG_OP = 'INSERT' OR NEW.parent_id IS DISTINCT FROM OLD.parent_id THEN
        PERFORM FROM products_category WHERE id = NEW.parent_id FOR KEY SHARE;
    END IF;
    IF NEW.parent_id IN (
        WITH RECURSIVE subtree(id) AS (
            SELECT NEW.id
            UNION SELECT c.id FROM products_category c JOIN subtree s ON c.parent_id = s.id
        ) SELECT id FROM subtree
    ) THEN
        RAISE EXCEPTION 'category % cannot be moved below itself', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    SELECT path INTO above FROM products_category WHERE id = NEW.parent_id;
    NEW.path := above || ' > ' || NEW.name;
    RETURN NEW;
"""

# Writing a child's name to itself makes SET_CATEGORY_PATH run for it, and so on down the tree.
CARRY_CATEGORY_PATH = """
    UPDATE products_category SET name = name WHERE parent_id = NEW.id;
    RETURN NULL;
"""
