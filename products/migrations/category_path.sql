-- PostgreSQL keeps the path of every category, so a rename or a move reaches the whole subtree, raw SQL included.

CREATE FUNCTION products_category_set_path() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    parent_path text;
BEGIN
    IF NEW.parent_id IS NULL THEN
        NEW.path := NEW.name;
        RETURN NEW;
    END IF;
    -- Lock a new parent before reading it. Without the lock, this transaction would not see a rename or a move of the
    -- parent that has not committed, and that transaction would not see this child. A child that keeps its parent
    -- takes no lock: carry_path holds the parent and waits for the child, while a rename of the child holds the child.
    IF TG_OP = 'INSERT' OR NEW.parent_id IS DISTINCT FROM OLD.parent_id THEN
        PERFORM FROM products_category WHERE id = NEW.parent_id FOR KEY SHARE;
    END IF;
    -- In a cycle carry_path would never end.
    IF NEW.parent_id IN (
        WITH RECURSIVE subtree(id) AS (
            SELECT NEW.id
            UNION
            SELECT child.id FROM products_category AS child JOIN subtree ON child.parent_id = subtree.id
        )
        SELECT id FROM subtree
    ) THEN
        RAISE EXCEPTION 'category % cannot be moved below itself', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    SELECT path INTO parent_path FROM products_category WHERE id = NEW.parent_id;
    NEW.path := parent_path || ' > ' || NEW.name;
    RETURN NEW;
END
$$;

CREATE TRIGGER products_category_set_path
    BEFORE INSERT OR UPDATE OF name, parent_id, path ON products_category
    FOR EACH ROW EXECUTE FUNCTION products_category_set_path();

-- Writing the name of a child to itself runs set_path for the child, and so on down the tree.
CREATE FUNCTION products_category_carry_path() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE products_category SET name = name WHERE parent_id = NEW.id;
    RETURN NULL;
END
$$;

CREATE TRIGGER products_category_carry_path
    AFTER UPDATE ON products_category
    FOR EACH ROW WHEN (OLD.path IS DISTINCT FROM NEW.path)
    EXECUTE FUNCTION products_category_carry_path();
